export { createNoticeSender, type NoticeMessage, type NoticeSender } from "./send";
export { noticeStep, type ShopNews, type ShopNotice } from "./store";
