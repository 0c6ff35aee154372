import { describe, expect, it } from '@jest/globals';
import { elementsOf, textOf } from './s3-xml.js';

const page = '<?xml version="1.0"?>\n<ListBucketResult xmlns="x"><Contents><Key>1.20</Key><ETag>&#34;abc&#34;</ETag></Contents><Contents><Key>a &amp; &lt;b&gt; &quot;&apos; &#xe4; &unknown; &amp;amp;</Key></Contents><Prefix></Prefix></ListBucketResult>';

describe('answers of S3', () => {
  it('are read element by element, as text', () => {
    expect(elementsOf(page, 'Contents').map((entry) => textOf(entry, 'Key'))).toEqual(['1.20', 'a & <b> "\' ä &unknown; &amp;']);
    expect(textOf(page, 'ETag')).toBe('"abc"');
    expect(textOf(page, 'Prefix')).toBe('');
    expect(textOf(page, 'NextContinuationToken')).toBeUndefined();
    expect(elementsOf('<html>', 'Contents')).toEqual([]);
  });
});
