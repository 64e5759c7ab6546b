import { STSClient } from "@aws-sdk/client-sts";
import { service } from "./service";

export const sts = service((config) => new STSClient(config));
