export const options = { migrations: '../migrations', tables: ['orders'], keep: 'failed' };
