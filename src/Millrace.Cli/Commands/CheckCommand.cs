using System.CommandLine;
using System.Text.Json.Nodes;
using Millrace.Runtime;
using Millrace.Sdk;

namespace Millrace.Cli;

/// <summary><c>millrace check</c>: can the source be read and the target be written, and what is promised?</summary>
internal static class CheckCommand
{
    public static Command Create()
    {
        var subjects = new Argument<string[]>("job or source") { Description = "Job files, folders of them, or one source location.", Arity = ArgumentArity.OneOrMore };
        Option<string[]> sourceOptions = EndpointArguments.SourceOptions();
        var command = new Command("check", "Check that sources can be read and targets be written, without moving data") { subjects, sourceOptions };
        command.SetAction(async (parsed, cancellation) =>
        {
            bool json = parsed.GetValue(CommonOptions.Json);
            bool ok = true;
            foreach (string subject in parsed.GetRequiredValue(subjects))
            {
                bool isJob = Directory.Exists(subject) ? Directory.EnumerateFiles(subject, "*.y*ml").Any() : subject.EndsWith(".yaml", StringComparison.OrdinalIgnoreCase) || subject.EndsWith(".yml", StringComparison.OrdinalIgnoreCase);
                if (isJob)
                {
                    foreach (Pipeline pipeline in await JobPipelines.OfAsync([subject], cancellation).ConfigureAwait(false))
                    {
                        ok &= await CheckJobAsync(pipeline, json, cancellation).ConfigureAwait(false);
                    }
                }
                else
                {
                    Endpoint source = EndpointArguments.Resolve(subject, ConnectorRole.Source, parsed.GetValue(sourceOptions) ?? []);
                    CheckReport report = await PipelineCheck.SourceAsync(source, Directory.GetCurrentDirectory(), cancellation).ConfigureAwait(false);
                    Print(subject, report, json);
                    ok &= report.Ok;
                }
            }

            return ok ? App.ExitOk : App.ExitFailed;
        });
        return command;
    }

    private static async Task<bool> CheckJobAsync(Pipeline pipeline, bool json, CancellationToken cancellation)
    {
        CheckReport report = await PipelineCheck.RunAsync(pipeline, cancellation).ConfigureAwait(false);
        Print(pipeline.Job, report, json);
        return report.Ok;
    }

    private static void Print(string subject, CheckReport report, bool json)
    {
        if (json)
        {
            JsonOutput.Write(new JsonObject
            {
                ["subject"] = subject,
                ["ok"] = report.Ok,
                ["findings"] = new JsonArray([.. report.Findings.Select(f => (JsonNode)Finding(f))]),
            });
            return;
        }

        Console.Out.WriteLine(subject);
        foreach (CheckFinding finding in report.Findings)
        {
            Console.Out.WriteLine($"  {(finding.Ok ? "ok  " : "FAIL")} {finding.Subject}: {finding.Error?.Describe() ?? finding.Detail}");
        }
    }

    private static JsonObject Finding(CheckFinding finding)
    {
        var json = new JsonObject { ["ok"] = finding.Ok, ["subject"] = finding.Subject, ["detail"] = finding.Detail };
        if (finding.Error is not null)
        {
            json["error"] = ErrorJson.Of(finding.Error);
        }

        return json;
    }
}
