export const templateName = "template_farebox";
