using System.CommandLine;

namespace Millrace.Cli;

/// <summary><c>millrace asset</c>: data contracts as files.</summary>
internal static class AssetCommand
{
    public static Command Create() => new("asset", "Make, check, compare and convert data contracts")
    {
        AssetCheckCommand.Create(),
        AssetDiffCommand.Create(),
        AssetGenerateCommand.Create(),
        AssetConvertCommands.Export(),
        AssetConvertCommands.Import(),
    };

    /// <summary>The option for where the text of a contract goes.</summary>
    public static Option<string?> Output() => new("--output", "-o") { Description = "File to write; standard output when absent. A file that is there is replaced." };

    /// <summary>Writes the text of a contract.</summary>
    public static void Write(string text, string? path)
    {
        if (path is null)
        {
            Console.Out.Write(text);
        }
        else
        {
            File.WriteAllText(path, text);
            Console.Error.WriteLine($"written: {path}");
        }
    }
}
