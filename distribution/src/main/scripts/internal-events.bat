@echo off
rem Runs the internal-events command of this folder in the caller's working directory, where .env is read. Builds and
rem downloads nothing. The options of the JVM are those of the script internal-events, without those for Unix; a test
rem compares them.
setlocal DisableDelayedExpansion
for %%I in ("%~dp0..") do set "IE_HOME=%%~fI"
set "IE_JAR=%IE_HOME%\lib\internal-events.jar"

if not exist "%IE_JAR%" (
  echo internal-events: "%IE_JAR%" is missing; unpack the archive again, with all its folders. 1>&2
  exit /b 1
)

set "IE_JAVA=java.exe"
if defined JAVA_HOME if exist "%JAVA_HOME%\bin\java.exe" set "IE_JAVA=%JAVA_HOME%\bin\java.exe"
"%IE_JAVA%" --enable-native-access=ALL-UNNAMED -version >nul 2>&1
if errorlevel 1 (
  echo internal-events needs Java 17 or newer; "%IE_JAVA%" is missing or older. Install one, and point JAVA_HOME to it. 1>&2
  exit /b 1
)

set "IE_OPTIONS=--enable-native-access=ALL-UNNAMED"
set "IE_TUNING=-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
if "%~1"=="collector" set "IE_TUNING=-XX:+UseParallelGC -Xms320m -Xmx512m -Xmn256m"

set "IE_START=-jar "%IE_JAR%""
if "%~1"=="collector" if exist "%IE_HOME%\lib\lake" (
  echo %* | findstr /c:"--lake" >nul && set "IE_START=-cp "%IE_JAR%;%IE_HOME%\lib\lake\*" dev.internalevents.cli.Main"
)

"%IE_JAVA%" %IE_OPTIONS% %IE_TUNING% -Xshare:auto %INTERNAL_EVENTS_JAVA_OPTS% "-Dinternal-events.gateway=%IE_HOME%\lib\gateway.jar" %IE_START% %*
exit /b %ERRORLEVEL%
