import { AccessAnalyzerClient } from "@aws-sdk/client-accessanalyzer";
import { service } from "./service";

export const accessAnalyzer = service((config) => new AccessAnalyzerClient(config));
