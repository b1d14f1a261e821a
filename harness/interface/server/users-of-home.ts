/** Who the users of a served home are, and what they sign by: the home's own keys, and other people's. */

import type { Suite } from "../../../firmware/wire/suite.ts";
import { CodedError } from "../../../hal/base/coded-error.ts";
import type { Crypto } from "../../../hal/board.ts";
import {
  type AgreementKey,
  type PartyKeys,
  type PartyName,
  partyIdentities,
  type SigningKey,
} from "../../headend/parties.ts";
import type { GivenKeys } from "../../headend/pki.ts";
import { Users, usersOfRun } from "../../headend/users.ts";
import type { Premises } from "../../premises/premises.ts";
import type { KeyStore, PartyKey } from "../../verify/index.ts";
import type { LoadedCertificates } from "../user-files.ts";
import { usersOfCertificates } from "../user-files.ts";
import type { UserSpec } from "./home-file.ts";

/**
 * Those that `specs` names, by default all: of the home's own parties, and of the certificates of others. A party's XML
 * counts when it is signed by either. Throws `headend/user` for one of whom there is no certificate.
 */
export function usersOf(
  { headEnd, crypto }: Premises,
  { certificates }: LoadedCertificates,
  specs: readonly UserSpec[] | undefined,
): Users {
  const own = usersOfRun(headEnd.pki);
  const others = usersOfCertificates(certificates, crypto);
  const all = [...new Set([...own.all(), ...others.all()].map(({ eui }) => eui))];
  const users = new Users();
  for (const spec of specs ?? all.map((user): UserSpec => ({ user }))) {
    const { user, roles, push: pushAddress } = spec;
    const known = own.get(user) ?? others.get(user);
    if (known === undefined) throw noCertificate(user);
    const said = {
      ...(roles && { roles: { value: roles } }),
      ...(pushAddress && { pushAddress: { value: pushAddress } }),
    };
    users.add(Object.create(known, said));
  }
  for (const certificate of [...own.certificates.values(), ...others.certificates.values()])
    if (users.get(certificate.subject) !== undefined) users.certify(certificate);
  return users;
}

const noCertificate = (user: string): CodedError =>
  new CodedError("headend/user", `user ${user}: there is no certificate of its to sign XML by (OU 87)`, {
    advice: "Give the folder of its certificates with --users DIR, or leave it out of the home file.",
  });

/** What a folder has of the private keys of a home's parties: devices then hold these, and the ACB's is used. */
export function partyKeysOf(keys: KeyStore, suite: Suite, crypto: Crypto): GivenKeys {
  const found = Object.entries(partyIdentities).map(([name, { eui }]): [PartyName, Partial<PartyKeys>] => {
    const { ds, ka, "pp-ka": prepay } = keys.party(eui)?.keys ?? {};
    const [sign, agree, topUp] = [
      signing(ds, suite, crypto),
      agreeing(ka, suite, crypto),
      agreeing(prepay, suite, crypto),
    ];
    return [
      name as PartyName,
      { ...(sign && { sign }), ...(agree && { agree }), ...(topUp && { prepay: topUp }) },
    ];
  });
  return Object.fromEntries(found);
}

function signing(key: PartyKey | undefined, suite: Suite, crypto: Crypto): SigningKey | undefined {
  if (key?.secret === undefined || key.certificate === undefined) return undefined;
  return { seed: key.secret, signer: suite.signer(crypto, key.secret), certificate: key.certificate };
}

function agreeing(key: PartyKey | undefined, suite: Suite, crypto: Crypto): AgreementKey | undefined {
  if (key?.secret === undefined || key.certificate === undefined) return undefined;
  const { secret, certificate } = key;
  const agreement = suite.agreement(crypto, secret);
  return { secret, agreement, publicKey: agreement.publicKey, certificate };
}
