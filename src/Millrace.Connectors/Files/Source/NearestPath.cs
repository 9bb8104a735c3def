namespace Millrace.Connectors.Files;

/// <summary>What somebody probably meant by a path that does not exist.</summary>
internal static class NearestPath
{
    /// <summary>A part of a sentence that names the nearest file or folder, or says which folder is missing; empty when nothing helps.</summary>
    public static string Suggest(string folder, string file)
    {
        try
        {
            if (Directory.Exists(folder))
            {
                return NearestName.Suggest(file, Directory.EnumerateFileSystemEntries(folder).Select(e => Path.GetFileName(e)!));
            }

            string missing = folder;
            while (Path.GetDirectoryName(missing) is { } parent)
            {
                if (Directory.Exists(parent))
                {
                    string name = Path.GetFileName(missing);
                    return $": '{parent}' has no folder '{name}'{NearestName.Suggest(name, Directory.EnumerateDirectories(parent).Select(e => Path.GetFileName(e)!))}";
                }

                missing = parent;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A folder that cannot be listed gives no advice.
        }

        return "";
    }
}
