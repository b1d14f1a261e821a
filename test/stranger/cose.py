"""The COSE wire, from firmware/wire/cose/message.cddl alone: layers, keys, certificates."""

import hashlib
import hmac
from dataclasses import dataclass

import cbor2
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

HMAC_256, EDDSA, A128GCM, HKDF_256 = 5, -8, 1, -27
ALG, KID, IV = 1, 4, 5
SIGN1, MAC0, ENCRYPT0 = 18, 17, 16
COMMAND, RESPONSE, ALERT = 1, 2, 3
ROOT, ISSUING, DEVICE = 0, 7, 127
SIGN, AGREE, CERTIFY = 1, 2, 3


class Refused(Exception):
    """Something that is not as the definition says."""


def must(holds, what):
    if not holds:
        raise Refused(what)


def encode(value):
    return cbor2.dumps(value, canonical=True)


def decode(data):
    """One item, in deterministic form."""
    value = cbor2.loads(data)
    must(encode(value) == data, "CBOR is not deterministic")
    return value


def key_id(public):
    return hashlib.sha256(public).digest()[:8]


@dataclass
class Key:
    """A private key of a party of ours."""

    private: object
    public: bytes

    @staticmethod
    def signing(raw):
        private = Ed25519PrivateKey.from_private_bytes(raw)
        return Key(private, private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))

    @staticmethod
    def agreement(raw):
        private = X25519PrivateKey.from_private_bytes(raw)
        return Key(private, private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))


def derive(ours, theirs, originator, target, algorithm=HMAC_256, bits=256):
    """The key of one message: kdf-context binds it to who sends it to whom."""
    secret = ours.private.exchange(X25519PublicKey.from_public_bytes(theirs))
    protected = encode({ALG: HKDF_256})
    info = encode([algorithm, [originator, None, None], [target, None, None], [bits, protected]])
    return HKDF(SHA256(), bits // 8, None, info).derive(secret)


def sign(content, key):
    protected = encode({ALG: EDDSA, KID: key_id(key.public)})
    signature = key.private.sign(encode(["Signature1", protected, b"", content]))
    return cbor2.CBORTag(SIGN1, [protected, {}, content, signature])


def mac(content, key, sender):
    protected = encode({ALG: HMAC_256, KID: key_id(sender)})
    tag = hmac.digest(key, encode(["MAC0", protected, b"", content]), "sha256")
    return cbor2.CBORTag(MAC0, [protected, {}, content, tag])


def layer(item, tag, algorithm):
    """Protected headers, payload and the rest of a layer that is just as defined."""
    must(isinstance(item, cbor2.CBORTag) and item.tag == tag, f"tag {tag} is due")
    must(isinstance(item.value, list) and len(item.value) == 4, "a layer has four parts")
    protected, unprotected, payload, proof = item.value
    headers = decode(protected)
    must(unprotected == {}, "unprotected headers are empty")
    must(set(headers) == {ALG, KID} and headers[ALG] == algorithm, "protected headers are algorithm and key identifier")
    return protected, headers[KID], payload, proof


def verify(item, public):
    """The payload of a COSE_Sign1 that `public` has signed."""
    protected, kid, payload, signature = layer(item, SIGN1, EDDSA)
    must(kid == key_id(public), "the key identifier is not the signer's")
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, encode(["Signature1", protected, b"", payload]))
    except InvalidSignature as error:
        raise Refused("the signature is wrong") from error
    return payload


def check_mac(item, key, sender):
    """The payload of a COSE_Mac0 under `key`, from the holder of the agreement key `sender`."""
    protected, kid, payload, tag = layer(item, MAC0, HMAC_256)
    must(kid == key_id(sender), "the key identifier is not the sender's")
    due = hmac.digest(key, encode(["MAC0", protected, b"", payload]), "sha256")
    must(hmac.compare_digest(due, tag), "the MAC is wrong")
    return payload


def unseal(sealed, key, context):
    """The results in a sealed result."""
    item = decode(sealed)
    must(isinstance(item, cbor2.CBORTag) and item.tag == ENCRYPT0, "a COSE_Encrypt0 is due")
    protected, unprotected, ciphertext = item.value
    must(decode(protected) == {ALG: A128GCM}, "algorithm is A128GCM")
    must(set(unprotected) == {IV} and len(unprotected[IV]) == 12, "an IV of 12 bytes is due")
    external = encode(["Encrypt0", protected, encode(context)])
    try:
        return decode(AESGCM(key).decrypt(unprotected[IV], ciphertext, external))
    except InvalidTag as error:
        raise Refused("sealed results do not open") from error


@dataclass
class Certificate:
    """The claims of a CWT, and the item that carries them."""

    item: object
    issuer: str
    subject: str
    expires: object
    not_before: int
    public: bytes
    curve: int
    role: int
    usage: int

    @staticmethod
    def read(data):
        item = decode(data)
        _, _, payload, _ = layer(item, SIGN1, EDDSA)
        claims = decode(payload)
        key = claims[8][1]
        must(set(claims) - {4, -65539} == {1, 2, 5, 7, 8, -65537, -65538} and key[1] == 1, "claims are as defined")
        names, times = (claims[1], claims[2]), (claims.get(4), claims[5])
        return Certificate(item, *names, *times, key[-2], key[-1], claims[-65537], claims[-65538])

    def issued_by(self, issuer):
        must(self.issuer == issuer.subject, f"{self.subject}: the issuer is {self.issuer}, not {issuer.subject}")
        must(issuer.usage == CERTIFY, f"{issuer.subject}: this key does not certify")
        verify(self.item, issuer.public)


def verify_path(certificate, issuing, root, now):
    """From an end entity to the root that is believed."""
    must((issuing.role, root.role) == (ISSUING, ROOT), "an issuing authority below a root is due")
    must(root.issuer == root.subject, "the root has issued itself")
    for below, above in ((certificate, issuing), (issuing, root), (root, root)):
        below.issued_by(above)
        must(below.not_before <= now and (below.expires is None or now <= below.expires), f"{below.subject}: not valid now")
    must(certificate.curve == (4 if certificate.usage == AGREE else 6), "the curve does not fit the usage")
