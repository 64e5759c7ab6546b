import { SSOAdminClient } from "@aws-sdk/client-sso-admin";
import { service } from "./service";

export const ssoAdmin = service((config) => new SSOAdminClient(config));
