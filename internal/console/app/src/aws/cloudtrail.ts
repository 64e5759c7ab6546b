import { CloudTrailClient } from "@aws-sdk/client-cloudtrail";
import { service } from "./service";

export const cloudtrail = service((config) => new CloudTrailClient(config));
