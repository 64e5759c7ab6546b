import { OrganizationsClient } from "@aws-sdk/client-organizations";
import { service } from "./service";

export const organizations = service((config) => new OrganizationsClient(config));
