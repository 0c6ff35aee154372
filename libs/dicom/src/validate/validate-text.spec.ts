import { describe, expect, it } from '@jest/globals';

import { vrCode } from '../element-table.js';
import { validateText } from './validate-text.js';

const validate = (vr: string, text: string): string => {
  const bytes = Buffer.from(text, 'utf8');
  return validateText(vrCode(vr), bytes, 0, bytes.length);
};

describe('validateText', () => {
  it.each([
    ['AE', 'STORE SCP'], ['AS', '045Y'], ['AS', '003W'], ['CS', 'ISO_IR 100'], ['DA', '20240229'], ['DA', '2024.02.29'], ['DS', '1.5'], ['DS', '-.5E-3'], ['DS', '+1.'],
    ['DT', '2024'], ['DT', '202402'], ['DT', '20240229'], ['DT', '2024022912'], ['DT', '20240229123059.123456'], ['DT', '20240229123059+0100'], ['DT', '2024-1200'],
    ['IS', '-2147483648'], ['IS', '+5'], ['LO', 'é'.repeat(64)], ['LT', 'a\r\n\\'], ['PN', `${'é'.repeat(64)}=${'b'.repeat(64)}=c^d^e^f^g`], ['SH', 'é'.repeat(16)],
    ['TM', '12'], ['TM', '1230'], ['TM', '123060'], ['TM', '123059.1'], ['TM', '12:30:59'], ['TM', '12:30'], ['UI', '1.2.3'], ['UI', 'cd70f89a-05bc'], ['UI', '1'.repeat(64)],
    ['UT', 'anything\u0001'], ['LO', ''], ['DA', ''],
  ])('accepts %s %s', (vr, text) => {
    expect(validate(vr, text)).toBe('');
  });

  it.each([
    ['AE', 'A'.repeat(17), 'value exceeds maximum length of 16 characters'],
    ['AE', 'A\n', 'value contains invalid control character'],
    ['AS', '45Y', 'value does not have pattern 000[DWMY]'],
    ['AS', '045X', 'value does not have pattern 000[DWMY]'],
    ['CS', 'ct', 'value contains invalid character. Only uppercase characters, digits, space and underscore are allowed'],
    ['CS', 'A'.repeat(17), 'value exceeds maximum length of 16 characters'],
    ['DA', 'NotAValidDate', 'one of the date values does not match the pattern YYYYMMDD'],
    ['DA', '2024010', 'one of the date values does not match the pattern YYYYMMDD'],
    ['DA', '20241301', 'month component exceeds the value 12'],
    ['DA', '20240132', 'day component exceeds the value 31'],
    ['DA', '20240230', 'day component exceeds the value 29'],
    ['DA', '20230229', 'day component exceeds the value 28'],
    ['DA', '19000229', 'day component exceeds the value 28'],
    ['DA', '2024.04.31', 'day component exceeds the value 30'],
    ['DS', '1,5', 'value is no decimal string'],
    ['DS', '.', 'value is no decimal string'],
    ['DS', '1e', 'value is no decimal string'],
    ['DS', '1.00000000000000000', 'value exceeds maximum length of 16 characters'],
    ['DT', '20', 'value does not mach pattern YYYY[MM[DD[HH[MM[SS[.F{1-6}]]]]]]'],
    ['DT', '2024022', 'value does not mach pattern YYYY[MM[DD[HH[MM[SS[.F{1-6}]]]]]]'],
    ['DT', '20240229.5', 'value does not mach pattern YYYY[MM[DD[HH[MM[SS[.F{1-6}]]]]]]'],
    ['DT', '202413', 'month component exceeds 12'],
    ['DT', '20240100', 'day component cannot be 0'],
    ['DT', '202302291200', 'day component exceeds 28'],
    ['DT', '2024010125', 'hours component exceeds 23'],
    ['DT', '2024+1', 'value does not match the UTC pattern &ZZXX'],
    ['DT', '2024+1500', 'positive UTC hours component exceeds 14 (allowed range is -1200 to +1400)'],
    ['IS', '1.5', 'value is not an integer string'],
    ['IS', '2147483648', 'value too large to fit 32 bit integer'],
    ['LO', 'é'.repeat(65), 'value exceeds maximum length of 64 characters'],
    ['LO', 'a\tb', 'value contains invalid character'],
    ['PN', 'a'.repeat(65), 'value exceeds maximum length of 64 characters'],
    ['PN', 'a^b^c^d^e^f', 'value contains too many components'],
    ['PN', 'a=b=c=d', 'value contains too many groups'],
    ['PN', 'a\n', 'value contains invalid control character'],
    ['SH', 'a'.repeat(17), 'value exceeds maximum length of 16 characters'],
    ['ST', 'a'.repeat(1025), 'value exceeds maximum length of 1024 characters'],
    ['LT', 'a'.repeat(10241), 'value exceeds maximum length of 10240 characters'],
    ['TM', '1', 'value does not mach pattern HH or HHMM or HHMMSS or HHMMSS.F{1-6}'],
    ['TM', '123059.1234567', 'value does not mach pattern HH or HHMM or HHMMSS or HHMMSS.F{1-6}'],
    ['TM', '12:3', 'value does not mach pattern HH or HHMM or HHMMSS or HHMMSS.F{1-6}'],
    ['TM', '24', 'hours component exceeds 23'],
    ['TM', '1260', 'minutes component exceeds 59'],
    ['UI', '1'.repeat(65), 'value exceeds maximum length of 64 characters'],
    ['UI', '1.2/3', "value contains characters other than letters, digits, '.' and '-'"],
    ['UI', '..', 'value has no component'],
  ])('refuses %s %s', (vr, text, reason) => {
    expect(validate(vr, text)).toBe(reason);
  });
});
