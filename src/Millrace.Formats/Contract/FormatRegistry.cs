using System.Reflection;

namespace Millrace.Formats;

/// <summary>The formats of the assemblies it was given, found by their attributes.</summary>
public sealed class FormatRegistry
{
    private readonly FileFormat[] _formats;

    public FormatRegistry(params IEnumerable<Assembly> assemblies)
        => _formats = [.. assemblies
            .SelectMany(a => a.GetCustomAttributes<FileFormatAttribute>())
            .Select(a => (FileFormat)Activator.CreateInstance(a.Format)!)
            .OrderBy(f => f.Name, StringComparer.Ordinal)];

    /// <summary>The formats that Millrace brings.</summary>
    public static FormatRegistry BuiltIn { get; } = new(typeof(FileFormat).Assembly);

    public IReadOnlyList<FileFormat> All => _formats;

    /// <summary>The format of a name, or an error with the nearest one.</summary>
    public FileFormat Require(string name)
        => _formats.FirstOrDefault(f => f.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            ?? throw FormatErrors.UnknownFormat.Error(
                $"There is no format '{name}'{NearestName.Suggest(name, _formats.Select(f => f.Name))}. Formats: {string.Join(", ", _formats.Select(f => f.Name))}.");

    /// <summary>The format that a file name's ending tells, after an ending such as <c>.gz</c> was taken off; null if none.</summary>
    public FileFormat? FindByPath(string path)
    {
        string ending = Path.GetExtension(path).TrimStart('.');
        return _formats.FirstOrDefault(f => f.Extensions.Contains(ending, StringComparer.OrdinalIgnoreCase));
    }

    /// <summary>The format whose magic number or look fits the first bytes best; null if none is likely.</summary>
    public FileFormat? FindByContent(ReadOnlySpan<byte> head)
    {
        FileFormat? best = null;
        int bestScore = 0;
        foreach (FileFormat format in _formats)
        {
            int score = format.Recognise(head);
            if (score > bestScore)
            {
                best = format;
                bestScore = score;
            }
        }

        return best;
    }
}
