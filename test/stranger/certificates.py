"""The device's and the parties' certificates, up to the root; and that a path with anything wrong is not taken."""

import dataclasses

import cbor2

import cose
from checks import flipped, refuses


def paths(check, keys):
    name = keys.device.hex().upper()
    leaf, issuing, root = keys.proven[f"{name}-ds"], keys.issuing, keys.root
    prove = lambda *path, now=keys.now: cose.verify_path(*path, now)
    check("the device's signing certificate leads to the root", lambda: prove(leaf, issuing, root))
    check("the device's agreement certificate leads to the root", lambda: prove(keys.proven[f"{name}-ka"], issuing, root))
    check("the parties' certificates lead to the root", lambda: [prove(one, issuing, root) for one in keys.proven.values()])

    def nowhere(what, words, *path, now=keys.now):
        check(f"{what} leads nowhere", lambda: refuses(words, lambda: prove(*path, now=now)))

    nowhere("a certificate with one bit changed", "signature is wrong", altered(leaf), issuing, root)
    not_certifying = dataclasses.replace(issuing, usage=leaf.usage)
    nowhere("a certificate by a key that does not certify", "certify", leaf, not_certifying, root)
    nowhere("a path without its middle", "the issuer is", leaf, dataclasses.replace(root, role=issuing.role), root)
    nowhere("a certificate before its time", "not valid now", leaf, issuing, root, now=leaf.not_before - 1)
    nowhere("a certificate after its issuer's time", "not valid now", leaf, issuing, root, now=issuing.expires + 1)


def altered(certificate):
    *signed, signature = certificate.item.value
    return dataclasses.replace(certificate, item=cbor2.CBORTag(cose.SIGN1, [*signed, flipped(signature)]))
