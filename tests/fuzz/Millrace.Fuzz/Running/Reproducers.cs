namespace Millrace.Fuzz;

/// <summary>Inputs that crash, as files, with what was seen beside them.</summary>
internal static class Reproducers
{
    /// <summary>Writes a reproducer and says so.</summary>
    public static void Save(string folder, string target, string kind, byte[] input, string detail)
    {
        Directory.CreateDirectory(folder);
        string path = Path.Combine(folder, $"{target}-{kind}-{Fingerprint.Of(input):x8}");
        File.WriteAllBytes(path, input);
        File.WriteAllText(path + ".txt", detail);
        Console.WriteLine($"{target}: {kind} with {input.Length} bytes: {path}");
        Console.WriteLine("    " + string.Join("\n    ", detail.Split('\n').Take(6)));
    }
}
