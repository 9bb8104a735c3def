using System.Text;

namespace Millrace.Cli;

/// <summary>Where log lines go.</summary>
internal static class LogLines
{
    /// <summary>A file that is appended to, or standard error, which is not closed with the writer.</summary>
    public static TextWriter Open(string? file)
    {
        if (file is null)
        {
            return new StreamWriter(ConsoleGuard.OpenError(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true) { AutoFlush = true };
        }

        try
        {
            if (Path.GetDirectoryName(Path.GetFullPath(file)) is { } folder)
            {
                Directory.CreateDirectory(folder);
            }

            // Several processes may share a log: each line is one write at the end of the file.
            var stream = new FileStream(file, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
            return new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = true };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw UsageErrors.LogFile.Error($"{file} cannot be written: {e.Message}", inner: e);
        }
    }
}
