import { IdentitystoreClient } from "@aws-sdk/client-identitystore";
import { service } from "./service";

export const identityStore = service((config) => new IdentitystoreClient(config));
