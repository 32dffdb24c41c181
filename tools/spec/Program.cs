using Bitrix24.Specs;

return await SpecTool.RunAsync(args, Console.Out, Console.Error).ConfigureAwait(false);
