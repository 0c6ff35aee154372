/** The page at /docs. Its addresses are relative, so that it works behind a prefix of a proxy. */
export const docsPage = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>isocenter API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="docs/swagger-ui.css">
<link rel="stylesheet" href="docs/page.css">
</head>
<body>
<nav><a href="docs">v2</a> <a href="docs?v1">v1</a> <a href="docs?dicom-web">DICOMweb</a></nav>
<main id="document"></main>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/page.js"></script>
</body>
</html>
`;

export const docsStyle = 'body { margin: 0; } nav { padding: 1rem; font-family: sans-serif; }\n';

/** Which document is shown stands in the query; nothing but the names of documents becomes an address. */
export const docsScript = `const wanted = ['v1', 'dicom-web'].find((name) => location.search === '?' + name) ?? 'v2';
SwaggerUIBundle({ url: wanted + '/api.yaml', dom_id: '#document', deepLinking: true, docExpansion: 'list', validatorUrl: null });
`;

/** Nothing from elsewhere, nothing inline but the style attributes that the renderer sets, and requests only to where the page is from. */
export const docsPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
