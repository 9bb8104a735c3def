namespace Millrace.Connectors.Common;

/// <summary>Paths in which no part is a link, so that two that name the same place are equal.</summary>
internal static class CanonicalPath
{
    private const int MostLinks = 40;

    /// <param name="path">An absolute path; what it names need not exist.</param>
    public static string Of(string path) => Of(path, MostLinks);

    private static string Of(string path, int links)
    {
        if (Path.GetDirectoryName(path) is not { } parent)
        {
            return path;
        }

        string full = Path.Combine(Of(parent, links), Path.GetFileName(path));
        return links > 0 && new FileInfo(full).LinkTarget is { } target
            ? Of(Path.GetFullPath(target, Path.GetDirectoryName(full)!), links - 1)
            : full;
    }
}
