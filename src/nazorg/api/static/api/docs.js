// Starts Swagger UI on the documentation page; a file of its own because the page allows no inline script.
const place = document.getElementById("swagger-ui");
SwaggerUIBundle({
  url: place.dataset.url,
  dom_id: "#swagger-ui",
  presets: [SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
  deepLinking: true,
  docExpansion: "none",
  filter: true,
  // Swagger would otherwise ask its makers' server whether the schema is valid.
  validatorUrl: null,
});
