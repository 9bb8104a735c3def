namespace Millrace.Fuzz;

/// <summary>Inputs that are kept with the sources: small seeds, and what once crashed.</summary>
internal static class Corpus
{
    public static IEnumerable<byte[]> Load(string folder, IFuzzTarget target)
    {
        string own = Path.Combine(folder, target.Name);
        return Directory.Exists(own) ? Directory.EnumerateFiles(own).Order(StringComparer.Ordinal).Select(File.ReadAllBytes) : [];
    }

    /// <summary>The corpus of the sources, found upwards from the program.</summary>
    public static string DefaultFolder()
    {
        for (string? at = AppContext.BaseDirectory; at is not null; at = Path.GetDirectoryName(at))
        {
            string folder = Path.Combine(at, "tests", "fuzz", "corpus");
            if (Directory.Exists(folder))
            {
                return folder;
            }
        }

        return "corpus";
    }
}
