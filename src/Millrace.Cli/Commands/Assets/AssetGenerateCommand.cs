using System.CommandLine;
using Millrace.Runtime;
using Millrace.Runtime.Contracts;
using Millrace.Sdk;

namespace Millrace.Cli;

/// <summary><c>millrace asset generate SRC</c>: a contract made of what a source says and of some of its rows.</summary>
internal static class AssetGenerateCommand
{
    private const int DefaultSample = 1000;

    public static Command Create()
    {
        Argument<string> source = EndpointArguments.Source();
        Option<string[]> options = EndpointArguments.SourceOptions();
        Option<string?> format = EndpointArguments.SourceFormat();
        var stream = new Option<string?>("--stream") { Description = "Stream of the source, where it has several." };
        var name = new Option<string?>("--name") { Description = "Name of the contract; that of the stream when absent." };
        var sample = new Option<int>("--sample") { Description = "Rows to look at for personal data; 0 for names of columns alone.", DefaultValueFactory = _ => DefaultSample };
        var standard = new Option<bool>("--standard") { Description = "Write the form of the standard, without the proposals." };
        Option<string?> output = AssetCommand.Output();
        var command = new Command("generate", "Make a contract of a source, with proposals where columns seem to hold personal data") { source, format, options, stream, name, sample, standard, output };
        command.SetAction(async (parsed, cancellation) =>
        {
            Endpoint endpoint = EndpointArguments.Resolve(parsed.GetRequiredValue(source), ConnectorRole.Source, parsed.GetValue(options) ?? [], parsed.GetValue(format));
            GeneratedAsset asset = await AssetGenerator.GenerateAsync(
                endpoint, parsed.GetValue(stream), parsed.GetValue(name), Math.Max(0, parsed.GetValue(sample)), Directory.GetCurrentDirectory(), cancellation).ConfigureAwait(false);
            AssetCommand.Write(parsed.GetValue(standard) ? OdcsExport.ToStandard(asset.Asset) : asset.ToYaml(), parsed.GetValue(output));
            return App.ExitOk;
        });
        return command;
    }
}
