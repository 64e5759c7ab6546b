import { CostExplorerClient } from "@aws-sdk/client-cost-explorer";
import { service } from "./service";

export const costExplorer = service((config) => new CostExplorerClient(config));
