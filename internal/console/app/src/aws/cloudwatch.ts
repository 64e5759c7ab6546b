import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { service } from "./service";

export const cloudwatch = service((config) => new CloudWatchClient(config));
