using System.CommandLine;
using System.Text.Json.Nodes;
using Millrace.Runtime;

namespace Millrace.Cli;

/// <summary><c>millrace validate</c>: every fault of job files, without touching data.</summary>
internal static class ValidateCommand
{
    public static Command Create()
    {
        var jobs = new Argument<string[]>("job") { Description = "Job files, or folders of them.", Arity = ArgumentArity.OneOrMore };
        var command = new Command("validate", "Check job files without touching data") { jobs };
        command.SetAction(parsed =>
        {
            bool json = parsed.GetValue(CommonOptions.Json);
            try
            {
                IReadOnlyList<JobFile> files = JobFiles.LoadAll(parsed.GetRequiredValue(jobs));
                foreach (JobFile file in files)
                {
                    JsonOutput.WriteOr(json, new JsonObject { ["file"] = file.Path, ["job"] = file.Spec.Name, ["valid"] = true }, $"{file.Path}: job '{file.Spec.Name}' is valid");
                }

                return App.ExitOk;
            }
            catch (MillraceException e)
            {
                ErrorPrinter.Print(e, json);
                return App.ExitFailed;
            }
        });
        return command;
    }
}
