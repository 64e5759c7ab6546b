import { ListOpenIDConnectProvidersCommand, ListSAMLProvidersCommand } from "@aws-sdk/client-iam";
import { iam } from "../../aws/iam";
import { useAws } from "../../aws/query";

export interface Provider {
  arn: string;
  name: string;
  type: "OpenID Connect" | "SAML";
  /** Only those of SAML. */
  created?: Date;
}

/** The identity providers of the account. */
export const useProviders = () =>
  useAws(["iam", "Providers"], async (): Promise<Provider[]> => {
    const [oidc, saml] = await Promise.all([
      iam().send(new ListOpenIDConnectProvidersCommand({})),
      iam().send(new ListSAMLProvidersCommand({})),
    ]);
    return [
      ...(oidc.OpenIDConnectProviderList ?? []).map(({ Arn }) => ({
        arn: Arn!,
        name: nameOf(Arn!),
        type: "OpenID Connect" as const,
      })),
      ...(saml.SAMLProviderList ?? []).map(({ Arn, CreateDate }) => ({
        arn: Arn!,
        name: nameOf(Arn!),
        type: "SAML" as const,
        created: CreateDate,
      })),
    ];
  });

/** arn:aws:iam::111122223333:oidc-provider/login.example.com/tenant -> login.example.com/tenant */
export const nameOf = (arn: string) => arn.slice(arn.indexOf("/") + 1);

export const isSAML = (arn: string) => arn.includes(":saml-provider/");

export const providerPage = (arn: string) => `/console/iam/providers/${encodeURIComponent(arn)}`;
