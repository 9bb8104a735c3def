using Millrace.Cli;

ConsoleGuard.Install();
return await App.RunAsync(args, CancellationToken.None).ConfigureAwait(false);
