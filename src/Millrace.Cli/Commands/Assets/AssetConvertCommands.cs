using System.CommandLine;
using Millrace.Runtime.Contracts;

namespace Millrace.Cli;

/// <summary><c>millrace asset export|import</c>: between the short form and that of the standard.</summary>
internal static class AssetConvertCommands
{
    public static Command Export() => Create("export", "Write a contract as the Open Data Contract Standard 3.0.2 has it", OdcsExport.ToStandard);

    public static Command Import() => Create("import", "Write a contract of the standard in the short form", OdcsExport.ToShort);

    private static Command Create(string name, string description, Func<AssetSpec, string> write)
    {
        var file = new Argument<string>("asset") { Description = "Asset file, of either form; behind a # the name of one of several objects." };
        Option<string?> output = AssetCommand.Output();
        var command = new Command(name, description) { file, output };
        command.SetAction(parsed =>
        {
            AssetCommand.Write(write(AssetFile.Load(parsed.GetRequiredValue(file))), parsed.GetValue(output));
            return App.ExitOk;
        });
        return command;
    }
}
