// The page's Content-Security-Policy. The development server needs inline styles and a socket, so
// it goes into the built page only.

const POLICY = {
  "default-src": "'none'",
  "script-src": "'self' 'wasm-unsafe-eval'",
  "style-src": "'self'",
  "img-src": "'self'",
  "connect-src": "'self'",
  "worker-src": "'self'",
  "manifest-src": "'self'",
  "base-uri": "'none'",
  "form-action": "'none'",
};

export function contentSecurityPolicy() {
  return {
    name: "content-security-policy",
    apply: "build",
    transformIndexHtml: () => [
      {
        tag: "meta",
        attrs: {
          "http-equiv": "Content-Security-Policy",
          content: Object.entries(POLICY).map((directive) => directive.join(" ")).join("; "),
        },
        injectTo: "head-prepend",
      },
    ],
  };
}
