export * from '@neurite/nn/initializers'
