/** Who the users of a served home are, and what they sign by: the home's own keys, and other people's. */

import { CodedError } from "../../../hal/base/coded-error.ts";
import type { Crypto } from "../../../hal/board.ts";
import { Users } from "../../headend/users.ts";
import type { LoadedCertificates } from "../user-files.ts";
import { usersOfCertificates } from "../user-files.ts";
import type { UserSpec } from "./home-file.ts";

/**
 * Those that `specs` names, by default all: of `own`, the home's, and of the certificates of others. A party's XML
 * counts when it is signed by either. Throws `headend/user` for one of whom there is no certificate.
 */
export function usersOf(
  own: Users,
  { certificates }: LoadedCertificates,
  specs: readonly UserSpec[] | undefined,
  crypto: Crypto,
): Users {
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
