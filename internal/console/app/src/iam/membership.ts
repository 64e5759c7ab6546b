import { AddUserToGroupCommand, RemoveUserFromGroupCommand } from "@aws-sdk/client-iam";
import { iam } from "../aws/iam";

export const addToGroup = (UserName: string, GroupName: string) =>
  iam().send(new AddUserToGroupCommand({ UserName, GroupName }));

export const removeFromGroup = (UserName: string, GroupName: string) =>
  iam().send(new RemoveUserFromGroupCommand({ UserName, GroupName }));
