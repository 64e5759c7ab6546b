import { IAMClient } from "@aws-sdk/client-iam";
import { service } from "./service";

export const iam = service((config) => new IAMClient(config));
