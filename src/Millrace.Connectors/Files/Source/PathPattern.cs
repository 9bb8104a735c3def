using Millrace.Connectors.Common;
using Millrace.Storage;

namespace Millrace.Connectors.Files;

/// <summary>
/// One entry of the option <c>path</c>: the folder from which names are looked up, and what fits below it. A path that
/// exists as it is written is itself, whatever characters it has.
/// </summary>
internal sealed class PathPattern
{
    private readonly Glob? _glob;
    private readonly StorePool? _pool;

    private PathPattern(string text, IObjectStore store, string folder, Glob? glob, string? file, StorePool? pool = null)
    {
        Text = text;
        Store = store;
        _pool = pool;
        Folder = folder;
        _glob = glob;
        File = file;
    }

    /// <summary>As the user wrote it.</summary>
    public string Text { get; }

    public IObjectStore Store { get; }

    /// <summary>The store's folder on this machine; null in a cloud.</summary>
    public string? Root => (Store as LocalStore)?.Root;

    /// <summary>The store's folder as an absolute path with a slash at its end, or as an address.</summary>
    public string Place => Root is { } root ? CanonicalPath.Of(root) is var canonical && canonical.EndsWith('/') ? canonical : canonical + "/" : Folder;

    /// <summary>How the names of all files that fit begin.</summary>
    public string Prefix { get; private init; } = "";

    /// <summary>The store's folder as the user wrote it, with its slash at the end; empty for the current one.</summary>
    public string Folder { get; }

    /// <summary>The one file that the path names; null for folders and patterns.</summary>
    public string? File { get; }

    /// <summary>Whether the path names a folder: then names are filtered by what a reader would take for data.</summary>
    public bool IsFolder => File is null && _glob is null;

    /// <param name="text">As the user wrote it.</param>
    /// <param name="baseDirectory">Where relative paths start.</param>
    /// <param name="pool">Opens stores of clouds.</param>
    public static PathPattern Parse(string text, string baseDirectory, StorePool pool)
    {
        if (ObjectStores.IsRemote(text))
        {
            return ParseRemote(text, pool);
        }

        string path = text.Replace('\\', System.IO.Path.DirectorySeparatorChar);
        string full = System.IO.Path.GetFullPath(path, baseDirectory);
        if (text.Length == 0)
        {
            throw FilesErrors.BadPattern.Error("The path is empty.", hint: "Name a file, a folder or a pattern.");
        }

        if (Directory.Exists(full))
        {
            string folder = path.EndsWith('/') ? path : path + "/";
            return new PathPattern(text, new LocalStore(full, path.TrimEnd('/') is { Length: > 0 } name ? name : "/"), folder is "./" ? "" : folder, null, null);
        }

        if (!Glob.HasPattern(path) || System.IO.File.Exists(full))
        {
            int slash = path.LastIndexOf('/');
            return new PathPattern(text, StoreOf(path[..(slash + 1)], baseDirectory), path[..(slash + 1)], null, path[(slash + 1)..]);
        }

        int special = path.AsSpan().IndexOfAny("*?[{");
        int end = path.LastIndexOf('/', special) + 1;
        if (!Glob.TryParse(path[end..], out Glob glob, out string fault))
        {
            throw FilesErrors.BadPattern.Error($"The pattern '{text}' {fault}.", ErrorPlace.InFile(text));
        }

        return new PathPattern(text, StoreOf(path[..end], baseDirectory), path[..end], glob, null);
    }

    /// <summary>
    /// The folder of the same name, for a path in a cloud without a slash at its end that names no file; null for others. There
    /// are no folders in clouds, so only a listing tells.
    /// </summary>
    public PathPattern? AsFolder()
        => File is { Length: > 0 } file && _pool is { } pool ? new PathPattern(Text, pool.Open($"{Folder}{file}/"), $"{Folder}{file}/", null, null, pool) : null;

    /// <summary>Whether names below the folder that fit may have folders of their own.</summary>
    public bool HasFolders => _glob is not null && Text.AsSpan(Text.AsSpan().IndexOfAny("*?[{")).Contains('/');

    public bool IsMatch(string name) => _glob is null || _glob.IsMatch(name);

    public bool MayContain(string folder) => _glob is null || _glob.MayContain(folder);

    private static PathPattern ParseRemote(string text, StorePool pool)
    {
        int key = text.IndexOf("://", StringComparison.Ordinal) + "://".Length;
        int special = text.AsSpan(key).IndexOfAny("*?[{") is >= 0 and var at ? key + at : text.Length;
        int end = text.LastIndexOf('/', special - 1) + 1;
        if (end <= key)
        {
            // The bucket alone.
            return new PathPattern(text, pool.Open(text), text + "/", null, null, pool);
        }

        string folder = text[..end];
        if (special == text.Length)
        {
            return new PathPattern(text, pool.Open(folder), folder, null, end == text.Length ? null : text[end..], pool);
        }

        return Glob.TryParse(text[end..], out Glob glob, out string fault)
            ? new PathPattern(text, pool.Open(folder), folder, glob, null, pool) { Prefix = text[end..special] }
            : throw FilesErrors.BadPattern.Error($"The pattern '{text}' {fault}.", ErrorPlace.InFile(text));
    }

    private static LocalStore StoreOf(string folder, string baseDirectory)
        => new(System.IO.Path.GetFullPath(folder.Length == 0 ? "." : folder, baseDirectory), folder is "/" ? "/" : folder.TrimEnd('/'));
}
