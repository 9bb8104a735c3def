using System.CommandLine;
using System.Text.Json.Nodes;
using Millrace.Runtime;
using Millrace.Sdk;

namespace Millrace.Cli;

/// <summary><c>millrace connectors list|describe</c>.</summary>
internal static class ConnectorsCommand
{
    public static Command Create()
    {
        var list = new Command("list", "List the connectors");
        list.SetAction(parsed =>
        {
            bool json = parsed.GetValue(CommonOptions.Json);
            foreach ((string name, Connector connector) in Composition.Connectors.All)
            {
                JsonOutput.WriteOr(json, new JsonObject { ["name"] = name, ["summary"] = connector.Summary, ["source"] = connector.SourceOptions is not null, ["target"] = connector.SinkOptions is not null }, $"{name,-16} {connector.Summary}");
            }

            return App.ExitOk;
        });
        var nameArgument = new Argument<string>("name") { Description = "Name of a connector.", CompletionSources = { _ => Composition.Connectors.Names.Select(n => new System.CommandLine.Completions.CompletionItem(n)) } };
        var describe = new Command("describe", "Show what a connector can do and its options") { nameArgument };
        describe.SetAction(parsed =>
        {
            string name = parsed.GetRequiredValue(nameArgument);
            Connector connector = Composition.Connectors.Require(name);
            if (parsed.GetValue(CommonOptions.Json))
            {
                JsonOutput.Write(ConnectorReference.ToJson(name, connector));
            }
            else
            {
                Console.Out.Write(ConnectorReference.ToText(name, connector));
            }

            return App.ExitOk;
        });
        return new Command("connectors", "List and describe connectors") { list, describe };
    }
}
