using System.Text;
using Millrace.Storage;

namespace Millrace.Cli;

/// <summary>What becomes of the program when its standard streams are full or closed.</summary>
internal static class ConsoleGuard
{
    /// <summary>
    /// An answer that cannot be printed is an error with a code. Messages beside it are dropped instead: a run must not end
    /// because nobody can hear of its progress, and errors still show in the exit code.
    /// </summary>
    public static void Install()
    {
        // Text is UTF-8 whatever the locale says; without this, a bare container prints question marks.
        Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        Stream output = Console.IsOutputRedirected ? LocalPipe.OpenStandardOutput() : Console.OpenStandardOutput();
        Console.SetOut(TextWriter.Synchronized(Writer(new GuardedStream(output, e => throw LocalFaults.Explain(e, LocalPipe.StandardOutput, writing: true)))));
        Console.SetError(TextWriter.Synchronized(Writer(OpenError())));
    }

    /// <summary>Standard error; what cannot be written there is dropped.</summary>
    public static Stream OpenError() => new GuardedStream(Console.OpenStandardError(), static _ => { });

    private static StreamWriter Writer(Stream stream)
        => new(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), bufferSize: 256, leaveOpen: true) { AutoFlush = true };

    private sealed class GuardedStream(Stream stream, Action<Exception> onFault) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            try
            {
                stream.Write(buffer);
            }
            catch (Exception e) when (LocalFaults.IsFault(e))
            {
                onFault(e);
            }
        }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
