#!/bin/sh
# Finds a Python that is new enough and lets it install what lies beside this file.
cd "$(dirname "$0")" || exit 2
python=
for candidate in python3 python3.13 python3.12 python3.11; do
  if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then python=$candidate; break; fi
done
if [ -n "$python" ]; then
  "$python" install.py "$@"
  code=$?
else
  echo "没有找到 Python 3.11 以上。可从 python.org 下载；Debian 12：sudo apt-get install -y python3 python3-venv；统信、麒麟在应用商店或向管理员要。"
  code=2
fi
if [ -t 0 ]; then printf '按回车键关闭…'; read -r _; fi
exit "$code"
