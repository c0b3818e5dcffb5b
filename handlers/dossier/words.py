"""Short words that mean the same in every dialogue about a dossier; compared without marks (handlers/hearing.py)."""

from __future__ import annotations

import re

_TAIL = r"(?: (?:a|nha|nhe|di|em|ad|chi|anh|nghen|vay|nua))*"
YES = re.compile(
    rf"(?:da |vang |thua )?(?:dong y|co|ok|oke|okie|u|uh|um|vang|da|duoc|bao di|bao tin di|chac|yes|agree|agreed|i agree){_TAIL}"
)
NO = re.compile(rf"(?:da )?(?:khong|ko|k|hong|thoi|thoi khoi|khong can|khong dong y|huy|dung|no|cancel){_TAIL}")
CANCEL = re.compile(
    rf"(?:da )?(?:thoi|thoi khoi|khong can|khong can nua|bo qua|huy|khong xem nua|cancel|never mind|skip){_TAIL}"
)
