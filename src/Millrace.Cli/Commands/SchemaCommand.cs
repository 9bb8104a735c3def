using System.CommandLine;
using Millrace.Runtime;

namespace Millrace.Cli;

/// <summary><c>millrace schema job</c>: the JSON Schema that editors complete and check by.</summary>
internal static class SchemaCommand
{
    public static Command Create()
    {
        var kind = new Argument<string>("kind") { Description = "Kind of file: job, asset or connector." };
        kind.AcceptOnlyFromAmong([.. JsonSchemaGenerator.Kinds.Keys]);
        var command = new Command("schema", "Print the JSON Schema of a configuration file, for editors") { kind };
        command.SetAction(parsed =>
        {
            JsonOutput.Write(JsonSchemaGenerator.Generate(parsed.GetRequiredValue(kind), Composition.Connectors), indented: true);
            return App.ExitOk;
        });
        return command;
    }
}
