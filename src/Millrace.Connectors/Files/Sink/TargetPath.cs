using Millrace.Storage;

namespace Millrace.Connectors.Files;

/// <summary>The option <c>path</c> of a target: a store, and the file in it or none for a folder.</summary>
/// <param name="Text">As the user wrote it.</param>
/// <param name="Folder">Absolute path, or address in a cloud, of the folder that is written to; it need not exist.</param>
/// <param name="Display">What the user calls the folder; empty for the current one.</param>
/// <param name="File">Name of the file in the folder; null when the folder is the target.</param>
internal sealed record TargetPath(string Text, string Folder, string Display, string? File)
{
    /// <param name="text">The path as written.</param>
    /// <param name="baseDirectory">Where relative paths start.</param>
    /// <param name="isFolder">Whether other options ask for a folder, however the path ends.</param>
    public static TargetPath Parse(string text, string baseDirectory, bool isFolder)
    {
        if (ObjectStores.IsRemote(text))
        {
            return ParseRemote(text, isFolder);
        }

        string path = text.Replace('\\', System.IO.Path.DirectorySeparatorChar);
        if (path.Length == 0)
        {
            throw FilesErrors.BadTarget.Error("The path of the target is empty.");
        }

        string full = System.IO.Path.GetFullPath(path, baseDirectory);
        string name = path[(path.LastIndexOf('/') + 1)..];
        if (isFolder || name is "" or "." or ".." || Directory.Exists(full))
        {
            return new TargetPath(text, full, path.TrimEnd('/') is { Length: > 0 } folder ? folder : "/", null);
        }

        if (LocalPipe.IsPipe(full) || (System.IO.File.Exists(full) && IsDevice(full)))
        {
            throw FilesErrors.BadTarget.Error(
                $"'{text}' is a {(LocalPipe.IsPipe(full) ? "pipe" : "device")}.", ErrorPlace.InFile(text), "Write to '-' and let the shell lead that there: millrace copy SOURCE - --format csv > TARGET.");
        }

        // A link keeps its place: what it leads to is replaced.
        if (new FileInfo(full) is { LinkTarget: not null } link && link.ResolveLinkTarget(returnFinalTarget: true) is { } linked)
        {
            return new TargetPath(text, System.IO.Path.GetDirectoryName(linked.FullName)!, System.IO.Path.GetDirectoryName(linked.FullName)!, linked.Name);
        }

        string parent = path[..^name.Length];
        return new TargetPath(text, System.IO.Path.GetDirectoryName(full)!, parent is "/" ? "/" : parent.TrimEnd('/'), name);
    }

    /// <summary>Whether the folder is in a cloud.</summary>
    public bool IsRemote => ObjectStores.IsRemote(Folder);

    private static TargetPath ParseRemote(string text, bool isFolder)
    {
        int end = text.LastIndexOf('/') + 1;
        bool isBucket = end <= text.IndexOf("://", StringComparison.Ordinal) + "://".Length;
        return isFolder || isBucket || end == text.Length
            ? new TargetPath(text, text.TrimEnd('/') + "/", text.TrimEnd('/'), null)
            : new TargetPath(text, text[..end], text[..(end - 1)], text[end..]);
    }

    // Files take their names by a rename, which would put a file in the place of the device.
    private static bool IsDevice(string path)
        => (path.StartsWith("/dev/", StringComparison.Ordinal) && !path.StartsWith("/dev/shm/", StringComparison.Ordinal))
            || path.StartsWith("/proc/", StringComparison.Ordinal)
            || path.StartsWith("/sys/", StringComparison.Ordinal);
}
