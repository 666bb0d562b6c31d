/*
 * certificate: papers that prove a house number: looked at, issued, listed.
 */
import { askJson, send, sendJson } from "./api";
import { ADDRESS } from "./api_words";

export interface Certificate {
	readonly id: number;
	readonly paper_number: string;
	readonly state: "valid" | "replaced" | "revoked";
	readonly code: string;
	/** Of the page that verifies it. */
	readonly url: string;
	readonly address_id: number;
	readonly address_version: number;
	readonly signer: string;
	readonly issued_at: string;
}

export interface CertificateOrder {
	readonly address: { readonly id: number; readonly version: number };
	/** The holder, of those in the register; else by name, "" a line to fill. */
	readonly person?: number | undefined;
	readonly holder: string;
	readonly signer: string;
	/** "" as the template says. */
	readonly signerTitle: string;
}

const CERTIFICATES = "/api/certificates";

function bodyOf({ address, person, holder, signer, signerTitle }: CertificateOrder): object {
	return {
		address_id: address.id,
		version: address.version,
		signer,
		...(signerTitle ? { signer_title: signerTitle } : {}),
		...(person ? { person_id: person } : holder ? { holder: { name: holder } } : {}),
	};
}

/** The paper as it would be; nothing is kept. */
export async function lookAtCertificate(order: CertificateOrder): Promise<Blob> {
	return (await send(CERTIFICATES, { method: "POST", body: { ...bodyOf(order), check: true } })).blob();
}

/** `key`: the same order sent again, when an answer was lost, makes one paper. */
export function issueCertificate(order: CertificateOrder, key: string): Promise<Certificate> {
	return sendJson<Certificate>(CERTIFICATES, { method: "POST", body: bodyOf(order), headers: { "Idempotency-Key": key } });
}

/** Of an address, the newest first. */
export async function askCertificates(address: number): Promise<readonly Certificate[]> {
	const params = new URLSearchParams({ [ADDRESS]: String(address) });
	return (await askJson<{ certificates: readonly Certificate[] }>(`${CERTIFICATES}?${params}`)).certificates;
}

export async function revokeCertificate(id: number, reason: string): Promise<void> {
	await send(`${CERTIFICATES}/${id}/revoke`, { method: "POST", body: { reason } });
}

/** The file as it was issued, always the same. */
export function fileOf(certificate: Certificate): string {
	return `${CERTIFICATES}/${certificate.id}.pdf`;
}
