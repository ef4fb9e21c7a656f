@echo off
chcp 65001 >nul
setlocal
pushd "%~dp0"
set PYTHONUTF8=1
set FOUND=
for %%V in (3.13 3.12 3.11) do if not defined FOUND py -%%V -c "" >nul 2>nul && set FOUND=py -%%V
if not defined FOUND python -c "import sys; sys.exit(sys.version_info < (3, 11))" >nul 2>nul && set FOUND=python
set CODE=2
if defined FOUND %FOUND% install.py %*
if defined FOUND set CODE=%ERRORLEVEL%
echo.
if not defined FOUND echo 没有找到 Python 3.11 以上。请从 python.org 下载 64-bit 安装包，安装时勾选 Add to PATH，再双击一次。
popd
echo.
pause
exit /b %CODE%
