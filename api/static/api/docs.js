// Draws the reference from our own OpenAPI document; nothing is fetched from elsewhere.
const place = document.getElementById("reference");
window.SwaggerUIBundle({
  url: place.dataset.document,
  domNode: place,
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: -1,
  validatorUrl: null,
  // A secret key has no place in a browser: the reference explains, it does not call.
  supportedSubmitMethods: [],
});
