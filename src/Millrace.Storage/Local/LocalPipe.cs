using Microsoft.Win32.SafeHandles;

namespace Millrace.Storage;

/// <summary>Bytes that come from another process while they are read: pipes with and without names, standard input.</summary>
public static class LocalPipe
{
    /// <summary>Whether a path leads to a pipe: one with a name, or one that the shell made.</summary>
    public static bool IsPipe(string path) => Posix.IsPipe(path);

    /// <summary>Opens a pipe. It need not have a writer yet; reads wait for one, and a wait can be cancelled.</summary>
    public static Stream Open(string path) => new PolledStream(Posix.OpenPipe(path));

    /// <summary>Opens standard input so that a wait for it can be cancelled.</summary>
    public static Stream OpenStandardInput()
        => OperatingSystem.IsLinux() ? new PolledStream(new SafeFileHandle(0, ownsHandle: false)) : Console.OpenStandardInput();

    /// <summary>What errors call standard output.</summary>
    public const string StandardOutput = "standard output";

    /// <summary>Opens standard output so that a write fails when nobody reads it any more.</summary>
    public static Stream OpenStandardOutput()
        => OperatingSystem.IsLinux() ? new OutputStream(new SafeFileHandle(1, ownsHandle: false)) : Console.OpenStandardOutput();
}
