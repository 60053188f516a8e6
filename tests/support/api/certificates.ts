/**
 * Certificates for a test, made by openssl.
 * @module
 */
import { exec } from "../../vm/support/exec.ts";

const KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-batch"];

/** Makes `<name>.key` and `<name>.pem` of a CA of its own. */
export async function makeCa(dir: string, name: string): Promise<void> {
  const files = ["-keyout", `${dir}/${name}.key`, "-out", `${dir}/${name}.pem`];
  const ca = ["-addext", "basicConstraints=critical,CA:TRUE", "-subj", `/CN=${name}`];
  await exec(["openssl", "req", "-x509", "-days", "2", ...KEY, ...files, ...ca]);
}

/** Makes `<name>.key` and `<name>.pem`, for localhost and signed by a CA. */
export async function makeCertificate(dir: string, ca: string, name: string): Promise<void> {
  const [key, request, certificate] = ["key", "csr", "pem"].map((end) => `${dir}/${name}.${end}`);
  await exec(["openssl", "req", ...KEY, "-keyout", key, "-out", request, "-subj", "/CN=localhost"]);
  const extensions = `${dir}/${name}.ext`;
  Deno.writeTextFileSync(extensions, "subjectAltName=DNS:localhost,IP:127.0.0.1\n");
  const signer = ["-CA", `${dir}/${ca}.pem`, "-CAkey", `${dir}/${ca}.key`, "-CAcreateserial"];
  const files = ["-in", request, "-out", certificate, "-extfile", extensions];
  await exec(["openssl", "x509", "-req", "-days", "2", ...files, ...signer]);
}
