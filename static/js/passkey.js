// Makes a passkey, or uses one: turns what the server asks into what the browser takes, and back.

const read = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (each) => each.charCodeAt(0));
const write = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

const WORDS = {
  NotAllowedError: "It was called off, or took too long. Nothing has changed.",
  InvalidStateError: "That device holds a passkey of yours already.",
  SecurityError: "A passkey needs an address with a name and https.",
};
const WRITTEN = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];

function taken({ publicKey }) {
  const said = Object.fromEntries(Object.entries(publicKey).filter(([, value]) => value !== null));
  const known = (list = []) => list.map((each) => ({ ...each, id: read(each.id) }));
  said.challenge = read(said.challenge);
  if (said.user) said.user = { ...said.user, id: read(said.user.id) };
  if (said.excludeCredentials) said.excludeCredentials = known(said.excludeCredentials);
  if (said.allowCredentials) said.allowCredentials = known(said.allowCredentials);
  return said;
}

function told(credential) {
  const { id, rawId, type, response } = credential;
  const parts = WRITTEN.filter((name) => response[name]).map((name) => [name, write(response[name])]);
  return {
    id,
    rawId: write(rawId),
    type,
    response: Object.fromEntries(parts),
    clientExtensionResults: credential.getClientExtensionResults(),
  };
}

async function asked(form) {
  if (form.dataset.options) return JSON.parse(form.dataset.options);
  const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`${answer.status}`);
  return (await answer.json()).request_options;
}

async function made(form, publicKey) {
  const alone = form.elements.passwordless?.checked;
  publicKey.authenticatorSelection = {
    ...publicKey.authenticatorSelection,
    residentKey: alone ? "required" : "discouraged",
    requireResidentKey: Boolean(alone),
    ...(alone && { userVerification: "required" }),
  };
  return navigator.credentials.create({ publicKey });
}

async function send(form) {
  const publicKey = taken(await asked(form));
  const credential = form.dataset.passkey === "make"
    ? await made(form, publicKey)
    : await navigator.credentials.get({ publicKey });
  form.elements.credential.value = JSON.stringify(told(credential));
  form.submit();
}

for (const form of window.PublicKeyCredential ? document.querySelectorAll("[data-passkey]") : []) {
  const trouble = form.querySelector("[data-trouble]");
  form.hidden = false;
  for (const needed of document.querySelectorAll("[data-no-passkey]")) needed.hidden = true;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    trouble.textContent = "";
    send(form).catch((error) => {
      trouble.textContent = WORDS[error.name] ?? "The browser couldn't do it. Try again in a moment.";
    });
  });
}
