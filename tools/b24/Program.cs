using Bitrix24.CommandLine;

return await CommandLineTool.RunAsync(args, Console.Out, Console.Error, Environment.GetEnvironmentVariable).ConfigureAwait(false);
