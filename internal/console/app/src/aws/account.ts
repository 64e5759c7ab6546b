import { AccountClient } from "@aws-sdk/client-account";
import { service } from "./service";

export const account = service((config) => new AccountClient(config));
