/**
 * The bill of materials of ./aod in the form of CycloneDX 1.5: the npm packages of deno.lock and the
 * native parts, each with version, licence and, where it is known, hash. The same build gives the
 * same bytes.
 * @module
 */
import { createHash } from "node:crypto";
import type { NativePart } from "./native.ts";
import type { NpmPackage } from "./npm.ts";

/** A component, as far as it is used here. */
export interface Component {
  "bom-ref": string;
  type: "application" | "library" | "framework";
  name: string;
  version?: string;
  /** Excluded: builds or tests the program and is not in it. */
  scope?: "required" | "excluded";
  purl?: string;
  licenses: ({ license: { id: string } } | { expression: string })[];
  hashes?: { alg: "SHA-256" | "SHA-512"; content: string }[];
}

/** A bill of materials. */
export interface Bom {
  $schema: string;
  bomFormat: "CycloneDX";
  specVersion: "1.5";
  serialNumber: string;
  version: 1;
  metadata: { timestamp: string; component: Component };
  components: Component[];
  dependencies: { ref: string; dependsOn: string[] }[];
}

/** What the bill is of. */
export interface Product {
  version: string;
  /** SHA-256 of ./aod, in hex. */
  sha256: string;
  epoch_sec: number;
}

function licences(expression: string): Component["licenses"] {
  return / (WITH|OR|AND) /.test(expression) ? [{ expression }] : [{ license: { id: expression } }];
}

function npmComponent(part: NpmPackage): Component {
  const purl = `pkg:npm/${part.name.replace("@", "%40")}@${part.version}`;
  const content = Uint8Array.fromBase64(part.integrity.replace(/^sha512-/, "")).toHex();
  return {
    "bom-ref": purl,
    type: "library",
    name: part.name,
    version: part.version,
    scope: part.shipped ? "required" : "excluded",
    purl,
    licenses: licences(part.licence),
    hashes: [{ alg: "SHA-512", content }],
  };
}

function nativeRef({ name, version }: NativePart): string {
  return `native:${name}${version === null ? "" : `@${version}`}`;
}

function nativeComponent(part: NativePart): Component {
  const { name, version, licence, deb } = part;
  return {
    "bom-ref": nativeRef(part),
    type: name === "Deno" ? "framework" : "library",
    name,
    ...(version === null ? {} : { version }),
    scope: "required",
    ...(deb === null
      ? {}
      : { purl: `pkg:deb/debian/${deb.name}@${encodeURIComponent(deb.version)}?distro=debian-12` }),
    licenses: licences(licence),
  };
}

/** A UUID of version 8 (RFC 9562) made of what the bill says. */
function serialOf(content: string): string {
  const hex = createHash("sha256").update(content).digest("hex");
  const variant = (parseInt(hex[16], 16) & 3 | 8).toString(16);
  return [
    ...["urn:uuid:" + hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`],
    ...[variant + hex.slice(17, 20), hex.slice(20, 32)],
  ].join("-");
}

function dependencies(
  root: string,
  packages: readonly NpmPackage[],
  natives: readonly NativePart[],
): Bom["dependencies"] {
  const refs = new Map(packages.map((part) => [part.key, npmComponent(part)["bom-ref"]]));
  const ref = (key: string) => refs.get(key) ?? key;
  const needed = new Set(packages.flatMap(({ needs }) => needs));
  const direct = packages.filter(({ key, shipped }) => shipped && !needed.has(key));
  const deno = natives.filter(({ within }) => within === "deno").map(nativeRef);
  const others = natives.filter(({ within }) => within !== "deno").map(nativeRef);
  return [
    { ref: root, dependsOn: [...direct.map(({ key }) => ref(key)), deno[0], ...others] },
    ...packages.filter(({ needs }) => needs.length > 0)
      .map(({ key, needs }) => ({ ref: ref(key), dependsOn: needs.map(ref) })),
    { ref: deno[0], dependsOn: deno.slice(1) },
  ];
}

/** Makes the bill. */
export function makeBom(
  { version, sha256, epoch_sec }: Product,
  packages: readonly NpmPackage[],
  natives: readonly NativePart[],
): Bom {
  const root = `pkg:generic/aod@${version}`;
  const component: Component = {
    ...{ "bom-ref": root, type: "application", name: "aod", version, purl: root },
    licenses: licences("MIT"),
    hashes: [{ alg: "SHA-256", content: sha256 }],
  };
  const components = [...natives.map(nativeComponent), ...packages.map(npmComponent)];
  return {
    $schema: "http://cyclonedx.org/schema/bom-1.5.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.5",
    serialNumber: serialOf(JSON.stringify([component, components])),
    version: 1,
    metadata: { timestamp: new Date(epoch_sec * 1000).toISOString(), component },
    components,
    dependencies: dependencies(root, packages, natives),
  };
}
