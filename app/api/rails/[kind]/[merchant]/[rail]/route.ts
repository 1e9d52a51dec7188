import { type NoticeAddress, receiveNotice, runtime } from "@/lib/runtime";

/** Callbacks that payment networks send us. */
export const POST = async (request: Request, { params }: { params: Promise<NoticeAddress> }) =>
  await receiveNotice(await runtime(), request, await params);
