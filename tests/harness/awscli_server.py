# Loads the AWS CLI once, and forks for each command that awscli_client.py asks for. It ends with its standard input.
import os
import select
import signal
import socket
import sys
import time

import awscli.clidriver
import awscli.errorhandler
import botocore.auth
import botocore.awsrequest
import botocore.client
import botocore.configloader
import botocore.credentials
import botocore.endpoint
import botocore.httpsession
import botocore.parsers
import botocore.serialize
import botocore.session
import botocore.signers
import urllib3

# Loading the CLI sets this: it is where its models are.
data_path = os.environ["AWS_DATA_PATH"]


def receive(connection):
    header, fds, _, _ = socket.recv_fds(connection, 12, 3)
    sizes = [int.from_bytes(header[i : i + 4], "little") for i in (0, 4, 8)]
    parts = []
    for size in sizes:
        part = b""
        while len(part) < size:
            part += connection.recv(size - len(part))
        parts.append(part)
    return fds, parts


def run(connection):
    fds, (directory, arguments, environment) = receive(connection)
    for number, fd in enumerate(fds):
        os.dup2(fd, number)
        os.close(fd)
    os.chdir(directory)
    os.environ.clear()
    for pair in filter(None, environment.split(b"\0")):
        name, _, value = pair.partition(b"=")
        os.environb[name] = value
    os.environ["AWS_DATA_PATH"] = data_path
    time.tzset()
    sys.argv = ["aws"] + [os.fsdecode(a) for a in arguments.split(b"\0")[1:]]
    try:
        status = awscli.clidriver.main()
    except SystemExit as e:
        status = e.code
    sys.stdout.flush()
    sys.stderr.flush()
    connection.send(bytes([(status if isinstance(status, int) else 1 if status else 0) & 255]))


listener = socket.socket(socket.AF_UNIX)
listener.bind(sys.argv[1])
listener.listen(64)
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
print("ready", flush=True)
while True:
    readable, _, _ = select.select([0, listener], [], [])
    if 0 in readable:
        sys.exit()
    connection, _ = listener.accept()
    if os.fork() == 0:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        listener.close()
        try:
            run(connection)
        except BaseException:
            import traceback

            traceback.print_exc()
        finally:
            os._exit(0)
    connection.close()
